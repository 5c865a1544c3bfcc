package maia.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/// ONNX Runtime on models of one node, with the result written to the same memory every time.
final class OrtPeer {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final int threads;

  OrtPeer(int threads) {
    this.threads = threads;
  }

  /// The contender that runs `model` on these inputs; its result `y` is fp32.
  Contender contender(byte[] model, Map<String, OnnxTensor> inputs, long... shape) {
    return contender(model, inputs, tensor(new float[size(shape)], shape));
  }

  /// The contender that runs `model` on these inputs, into `result`.
  Contender contender(byte[] model, Map<String, OnnxTensor> inputs, OnnxTensor result) {
    try {
      OrtSession.SessionOptions options = new OrtSession.SessionOptions();
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      OrtSession session = environment.createSession(model, options);
      Map<String, OnnxTensor> results = new HashMap<>(Map.of("y", result));
      return new Contender("ort", () -> run(session, inputs, results));
    } catch (OrtException refused) {
      throw new IllegalStateException(refused);
    }
  }

  private static void run(
      OrtSession session, Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> results) {
    try {
      session.run(inputs, results).close();
    } catch (OrtException refused) {
      throw new IllegalStateException(refused);
    }
  }

  /// An fp32 tensor outside the Java heap.
  OnnxTensor tensor(float[] values, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(4 * values.length).order(ByteOrder.nativeOrder());
    bytes.asFloatBuffer().put(values);
    try {
      return OnnxTensor.createTensor(environment, bytes.asFloatBuffer(), shape);
    } catch (OrtException refused) {
      throw new IllegalStateException(refused);
    }
  }

  private static int size(long... shape) {
    long size = 1;
    for (long n : shape) {
      size *= n;
    }
    return Math.toIntExact(size);
  }
}
