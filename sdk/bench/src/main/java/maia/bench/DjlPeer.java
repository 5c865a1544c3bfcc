package maia.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/// libtorch through DJL: what a Java program that uses PyTorch's engine gets. Every call makes a
/// fresh result, which is closed.
final class DjlPeer {
  private final NDManager manager;

  DjlPeer(int threads) {
    manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    JniUtils.setNumThreads(threads);
  }

  /// An array of these values.
  NDArray array(float[] values, long... shape) {
    return manager.create(values, new Shape(shape));
  }

  /// Makes results that live until the manager is closed.
  NDManager manager() {
    return manager;
  }

  /// The contender that computes one result and closes it.
  static Contender contender(Supplier<NDArray> result) {
    return new Contender("djl", () -> result.get().close());
  }
}
