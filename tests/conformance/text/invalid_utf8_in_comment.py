print("never")
# é comment
