MINE = "of this folder"
