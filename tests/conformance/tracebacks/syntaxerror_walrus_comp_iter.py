x = [j for i in (y := [1])]
