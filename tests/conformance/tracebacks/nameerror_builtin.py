x = pritn('hello', lenn)
