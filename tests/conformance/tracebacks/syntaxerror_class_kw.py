class class: pass
