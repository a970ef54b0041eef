print("mtl-tui")
