import sys
print("lone \ud800".encode("utf-8", "replace"))
sys.stderr.write("\ud800 ok on stderr\n")
print("\ud800")
