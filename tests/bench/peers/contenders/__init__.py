"""One module a peer, each with a function open_model(path, tensor, threads) that gives an object with

    version     of the peer
    run()       one inference, and nothing else: the input is bound already
    logits()    of the last run, float32 [classes]

Half-precision shortcuts are off everywhere; everything else is as its makers' own benchmarks set it."""
