from .. import sub as up
