print("a")
# end comment