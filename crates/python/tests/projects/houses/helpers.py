def scaled(frame, by):
    return frame * by
