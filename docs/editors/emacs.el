;; SQLoop for Emacs with Eglot (part of Emacs 29; before that, a package).

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               ;; :json-false for folders whose sqloop.toml you have not read.
               '(sql-mode . ("sqloop" "lsp" :initializationOptions (:trusted t)))))
(add-hook 'sql-mode-hook #'eglot-ensure)
