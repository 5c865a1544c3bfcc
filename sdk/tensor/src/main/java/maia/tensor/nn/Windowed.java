package maia.tensor.nn;

import maia.tensor.Tensor;

/// A convolution that is also a linear layer over windows of its input: its output is [#image] of
/// the [#product] of the [#windows], and inside a [LinearRule] it computes what the rule says of
/// that layer.
public sealed interface Windowed permits Conv1d, Conv2d, ConvTranspose2d {
  /// The linear layer over the windows: it reads the parameters of the convolution, the weights as
  /// [#asMatrix], and holds none itself.
  Linear product();

  /// What the outputs at every place see, padding included, as rows of [#product]: `[N, places..,
  /// columns]`, with groups `[N, places.., groups, columns]`.
  Tensor windows(Tensor x);

  /// The output of the convolution, `[N, out, places..]`, from that of [#product], `[N, places..,
  /// out]`.
  Tensor image(Tensor y);

  /// `weight`, of the shape of the convolution's, as a matrix of one row for each output channel.
  /// Columns are the elements of a window, channel by channel.
  Tensor asMatrix(Tensor weight);

  /// The reverse of [#asMatrix].
  Tensor fromMatrix(Tensor matrix);
}
