package maia.bench;

import java.lang.management.ManagementFactory;
import maia.tensor.Tensor;

/// Prints how long after the start of the JVM the first operations of tensors are done.
public final class FirstOperation {
  private FirstOperation() {}

  /// Adds two small tensors, then multiplies two of 256 x 256.
  public static void main(String[] args) {
    float sum = Tensor.of(1, 2, 3).add(Tensor.of(4, 5, 6)).toArray()[2];
    print("add", sum);
    Tensor x = Tensor.ones(256, 256);
    print("256^3 product", x.matmul(x).toArray()[0]);
  }

  private static void print(String what, float value) {
    long since = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    System.out.println(what + " = " + value + ", " + since + " ms after the start of the JVM");
  }
}
