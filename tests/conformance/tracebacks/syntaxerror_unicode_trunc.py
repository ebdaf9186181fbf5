x = "C:\Users\x"
