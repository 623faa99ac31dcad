"""One file a command of `ghostnote`: it chooses drivers and joins the rooms."""
