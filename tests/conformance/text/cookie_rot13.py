# coding: rot13
cevag("uv")
