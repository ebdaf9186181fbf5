# nothing here
# é
