;; SQLoop for Emacs with Eglot (part of Emacs 29; before that, a package).

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               '(sql-mode . ("sqloop" "lsp"))))
(add-hook 'sql-mode-hook #'eglot-ensure)
