package maia.bench;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Writes an ONNX model of one node in the protobuf wire format, as far as the benchmarks need it.
final class OnnxModel {
  private static final int FLOAT = 1;
  private static final int OPSET = 20;

  private final ByteArrayOutputStream node = new ByteArrayOutputStream();
  private final ByteArrayOutputStream graph = new ByteArrayOutputStream();

  /// A model whose node is `operator` from the default domain.
  OnnxModel(String operator) {
    text(node, 4, operator);
    text(graph, 2, "bench");
  }

  /// An input given at every call.
  OnnxModel typed(int type, String name, long... shape) {
    text(node, 1, name);
    message(graph, 11, value(name, type, shape));
    return this;
  }

  /// An fp32 input given at every call.
  OnnxModel input(String name, long... shape) {
    return typed(FLOAT, name, shape);
  }

  /// An fp32 input that is part of the model, so that the runtime may lay it out anew.
  OnnxModel constant(String name, float[] values, long... shape) {
    text(node, 1, name);
    ByteArrayOutputStream tensor = new ByteArrayOutputStream();
    for (long size : shape) {
      number(tensor, 1, size);
    }
    number(tensor, 2, FLOAT);
    text(tensor, 8, name);
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    bytes(tensor, 9, bytes.array());
    message(graph, 5, tensor);
    return this;
  }

  /// An int64 vector that is part of the model.
  OnnxModel indices(String name, long... values) {
    text(node, 1, name);
    ByteArrayOutputStream tensor = new ByteArrayOutputStream();
    number(tensor, 1, values.length);
    number(tensor, 2, 7);
    text(tensor, 8, name);
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    bytes(tensor, 9, bytes.array());
    message(graph, 5, tensor);
    return this;
  }

  /// A whole attribute of the node.
  OnnxModel attribute(String name, long value) {
    ByteArrayOutputStream attribute = new ByteArrayOutputStream();
    text(attribute, 1, name);
    number(attribute, 3, value);
    number(attribute, 20, 2);
    message(node, 5, attribute);
    return this;
  }

  /// A list attribute of the node.
  OnnxModel attribute(String name, long... values) {
    ByteArrayOutputStream attribute = new ByteArrayOutputStream();
    text(attribute, 1, name);
    for (long value : values) {
      number(attribute, 8, value);
    }
    number(attribute, 20, 7);
    message(node, 5, attribute);
    return this;
  }

  /// A text attribute of the node.
  OnnxModel attribute(String name, String value) {
    ByteArrayOutputStream attribute = new ByteArrayOutputStream();
    text(attribute, 1, name);
    text(attribute, 4, value);
    number(attribute, 20, 3);
    message(node, 5, attribute);
    return this;
  }

  /// The model with one output `y` of ONNX element type `type`.
  byte[] output(int type, long... shape) {
    text(node, 2, "y");
    message(graph, 1, node);
    message(graph, 12, value("y", type, shape));
    ByteArrayOutputStream opset = new ByteArrayOutputStream();
    number(opset, 2, OPSET);
    ByteArrayOutputStream model = new ByteArrayOutputStream();
    number(model, 1, 9);
    message(model, 8, opset);
    message(model, 7, graph);
    return model.toByteArray();
  }

  private static ByteArrayOutputStream value(String name, int type, long... shape) {
    ByteArrayOutputStream sizes = new ByteArrayOutputStream();
    for (long size : shape) {
      ByteArrayOutputStream dimension = new ByteArrayOutputStream();
      number(dimension, 1, size);
      message(sizes, 1, dimension);
    }
    ByteArrayOutputStream tensor = new ByteArrayOutputStream();
    number(tensor, 1, type);
    message(tensor, 2, sizes);
    ByteArrayOutputStream kind = new ByteArrayOutputStream();
    message(kind, 1, tensor);
    ByteArrayOutputStream info = new ByteArrayOutputStream();
    text(info, 1, name);
    message(info, 2, kind);
    return info;
  }

  private static void number(ByteArrayOutputStream to, int field, long value) {
    varint(to, (long) field << 3);
    varint(to, value);
  }

  private static void text(ByteArrayOutputStream to, int field, String text) {
    bytes(to, field, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void message(ByteArrayOutputStream to, int field, ByteArrayOutputStream message) {
    bytes(to, field, message.toByteArray());
  }

  private static void bytes(ByteArrayOutputStream to, int field, byte[] bytes) {
    varint(to, (long) field << 3 | 2);
    varint(to, bytes.length);
    to.writeBytes(bytes);
  }

  private static void varint(ByteArrayOutputStream to, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      to.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    to.write((int) rest);
  }
}
