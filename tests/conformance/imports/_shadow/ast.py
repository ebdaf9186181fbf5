print('shadow ast imported')
