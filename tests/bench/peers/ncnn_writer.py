"""Writes a network for ncnn: a text file of layers (PATH.param) and one of their weights (PATH.bin).

A line of the text is: type, name, counts of inputs and outputs, their names, and numbered parameters as
ncnn's wiki lists them for each type ("operation-param-weight-table"). The clamp is a parameter of the layer,
as ncnn's own optimiser would make it. A weight begins with a word that is 0 for float32; a bias does not."""

from network import INPUT, pads

MAGIC = 7767517


def write(path, layers, weights):
    lines = [f"Input {INPUT} 0 1 {INPUT}"]
    current = INPUT
    for layer in layers:
        kind, parameters = described(layer)
        lines.append(f"{kind} {layer.name} 1 1 {current} {layer.name} {parameters}")
        current = layer.name
    text = "\n".join([str(MAGIC), f"{len(lines)} {len(lines)}"] + lines)
    path.with_suffix(".param").write_text(text + "\n")
    with open(path.with_suffix(".bin"), "wb") as file:
        for weight, bias in filter(None, weights):
            file.write(bytes(4) + weight.astype("<f4").tobytes() + bias.astype("<f4").tobytes())


def described(layer):
    """Type and parameters."""
    if layer.kind == "pool":
        return "Pooling", "0=1 4=1"  # the mean, over everything
    if layer.kind == "linear":
        return "InnerProduct", f"0={layer.out_channels} 1=1 2={layer.in_channels * layer.out_channels}"
    side = 1 if layer.kind == "pointwise" else 3
    before, after = pads(layer)
    inputs = 1 if layer.kind == "depthwise" else layer.in_channels
    parameters = (f"0={layer.out_channels} 1={side} 3={layer.stride} 4={before} 14={before} 15={after} 16={after} "
                  f"5=1 6={inputs * layer.out_channels * side * side} 9=3 -23310=2,0.0,6.0")
    if layer.kind == "depthwise":
        return "ConvolutionDepthWise", f"{parameters} 7={layer.out_channels}"
    return "Convolution", parameters
