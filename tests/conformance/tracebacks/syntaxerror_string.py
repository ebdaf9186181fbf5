x = 'unterminated
y = 1
