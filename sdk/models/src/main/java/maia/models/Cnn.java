package maia.models;

import maia.tensor.Window;
import maia.tensor.data.Shapes;
import maia.tensor.nn.BatchNorm2d;
import maia.tensor.nn.Bias;
import maia.tensor.nn.Conv2d;
import maia.tensor.nn.Flatten;
import maia.tensor.nn.Linear;
import maia.tensor.nn.MaxPool2d;
import maia.tensor.nn.Module;
import maia.tensor.nn.ReLU;
import maia.tensor.nn.Sequential;

/// Small convolutional networks.
public final class Cnn {
  private static final int[] CHANNELS = {1, 8, 16, 32};
  private static final int STAGE = 4;

  private Cnn() {}

  /// The network of the shapes data set, for images `[batch, 1, 32, 32]`: three times a 3 x 3
  /// convolution, a batch norm, a ReLU and a pooling by 2, to 8, 16 and 32 channels, then one
  /// linear layer.
  public static Sequential shapes(long seed) {
    int stages = CHANNELS.length - 1;
    int side = Shapes.SIDE >> stages;
    int classes = Shapes.CLASSES.size();
    Module[] parts = new Module[stages * STAGE + 2];
    for (int i = 0; i < stages; i++) {
      int in = CHANNELS[i];
      int out = CHANNELS[i + 1];
      parts[STAGE * i] = new Conv2d(in, out, 3, Window.of().padding(1), Bias.NONE, seed + i);
      parts[STAGE * i + 1] = new BatchNorm2d(out);
      parts[STAGE * i + 2] = new ReLU();
      parts[STAGE * i + 3] = new MaxPool2d(2);
    }
    parts[stages * STAGE] = new Flatten();
    parts[stages * STAGE + 1] = new Linear(CHANNELS[stages] * side * side, classes, seed + stages);
    return Sequential.of(parts);
  }
}
