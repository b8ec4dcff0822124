"""The tables of the sample database in SQL; foreign keys are indexed, as MariaDB would do by itself."""

from __future__ import annotations

DDL = """
CREATE TABLE categories (
    category_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    season TEXT NOT NULL
);
CREATE TABLE suppliers (
    supplier_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    city TEXT NOT NULL,
    country TEXT NOT NULL,
    email TEXT
);
CREATE TABLE products (
    product_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    category_id INTEGER NOT NULL REFERENCES categories (category_id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (supplier_id),
    price REAL NOT NULL,
    cost REAL NOT NULL,
    weight_grams INTEGER,
    stock INTEGER NOT NULL,
    launched_on DATE NOT NULL,
    discontinued BOOLEAN NOT NULL
);
CREATE TABLE stores (
    store_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    city TEXT NOT NULL,
    country TEXT NOT NULL,
    opened_on DATE NOT NULL,
    floor_area INTEGER NOT NULL
);
CREATE TABLE employees (
    employee_id INTEGER PRIMARY KEY,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    job_title TEXT NOT NULL,
    store_id INTEGER REFERENCES stores (store_id),
    manager_id INTEGER REFERENCES employees (employee_id),
    hired_on DATE NOT NULL,
    salary INTEGER NOT NULL
);
CREATE TABLE customers (
    customer_id INTEGER PRIMARY KEY,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    email TEXT,
    city TEXT NOT NULL,
    country TEXT NOT NULL,
    joined_on DATE NOT NULL,
    loyalty_tier TEXT
);
CREATE TABLE orders (
    order_id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (customer_id),
    store_id INTEGER REFERENCES stores (store_id),
    sold_by INTEGER REFERENCES employees (employee_id),
    packed_by INTEGER REFERENCES employees (employee_id),
    ordered_on DATE NOT NULL,
    channel TEXT NOT NULL,
    payment_method TEXT NOT NULL,
    status TEXT NOT NULL
);
CREATE TABLE order_items (
    order_item_id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES orders (order_id),
    product_id INTEGER NOT NULL REFERENCES products (product_id),
    quantity INTEGER NOT NULL,
    unit_price REAL NOT NULL
);
CREATE TABLE returns (
    return_id INTEGER PRIMARY KEY,
    order_item_id INTEGER NOT NULL REFERENCES order_items (order_item_id),
    returned_on DATE NOT NULL,
    reason TEXT,
    refund REAL NOT NULL
);
CREATE INDEX products_category_id ON products (category_id);
CREATE INDEX products_supplier_id ON products (supplier_id);
CREATE INDEX employees_store_id ON employees (store_id);
CREATE INDEX employees_manager_id ON employees (manager_id);
CREATE INDEX orders_customer_id ON orders (customer_id);
CREATE INDEX orders_store_id ON orders (store_id);
CREATE INDEX orders_sold_by ON orders (sold_by);
CREATE INDEX orders_packed_by ON orders (packed_by);
CREATE INDEX order_items_order_id ON order_items (order_id);
CREATE INDEX order_items_product_id ON order_items (product_id);
CREATE INDEX returns_order_item_id ON returns (order_item_id);
"""
