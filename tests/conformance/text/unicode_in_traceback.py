class Ошибка(Exception): pass
def функция():
    raise Ошибка("сообщение 🎉 \x00 \x1b[31m \ud800")
функция()
