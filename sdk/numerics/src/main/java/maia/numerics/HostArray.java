package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongFunction;
import maia.base.Check;
import maia.base.Stop;
import org.jspecify.annotations.Nullable;

/// An array in host memory: the plainest [Array]. Its description never changes; its memory may.
public final class HostArray implements Array {
  /// So many elements that their bits can be counted.
  private static final long MOST = 1L << 56;

  private final ElementType type;
  private final long[] shape;
  private final long[] strides;
  private final long offset;
  private final MemorySegment segment;
  private final @Nullable HostArray scales;
  private final float tensorScale;

  private HostArray(
      ElementType type,
      long[] shape,
      long[] strides,
      long offset,
      MemorySegment segment,
      @Nullable HostArray scales,
      float tensorScale) {
    this.type = type;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.segment = segment;
    this.scales = scales;
    this.tensorScale = tensorScale;
  }

  /// A contiguous array of zero codes; a block format gets its scales too.
  public static HostArray zeros(ElementType type, long... shape) {
    return in(Memory::allocate, type, shape);
  }

  /// A contiguous array with anything in it, for results of which every element is written. Where
  /// the last byte is not written whole, there are zeros.
  public static HostArray unset(ElementType type, long... shape) {
    DType element = type instanceof BlockFormat format ? format.element() : (DType) type;
    boolean whole = element.bits() >= Byte.SIZE || count(shape) % Byte.SIZE == 0;
    return whole ? in(Memory::allocateUnset, type, shape) : zeros(type, shape);
  }

  /// A shape without memory; see [#isMeta].
  public static HostArray meta(ElementType type, long... shape) {
    return in(_ -> MemorySegment.NULL, type, shape);
  }

  /// A contiguous array in memory that `memory` gives for a number of bytes, asked for the elements
  /// and then for the scales of a block format. It holds what that memory holds.
  public static HostArray in(LongFunction<MemorySegment> memory, ElementType type, long... shape) {
    long count = count(shape);
    DType element = type instanceof BlockFormat format ? format.element() : (DType) type;
    MemorySegment segment = memory.apply(element.bytes(count));
    HostArray scales =
        type instanceof BlockFormat format
            ? in(memory, format.scale(), scaleShape(format, shape))
            : null;
    return new HostArray(type, shape.clone(), Strided.contiguous(shape), 0, segment, scales, 1f);
  }

  /// A contiguous array of `values`, each rounded to `type` (nearest even, saturating).
  public static HostArray of(float[] values, DType type, long... shape) {
    HostArray array = zeros(type, shape);
    store(values, array);
    return array;
  }

  /// A contiguous array of integers; a value out of range is refused. For a floating-point type
  /// each value is rounded once.
  public static HostArray ofLongs(long[] values, DType type, long... shape) {
    HostArray array = zeros(type, shape);
    checkCount(values.length, array);
    for (int i = 0; i < values.length; i++) {
      if (Codec.of(type) instanceof PlainCodec plain && type != DType.F64) {
        Check.argument(
            plain.holds(values[i]), "array: %d is out of the range of %s", values[i], type.label());
        plain.putLong(array.segment, i, values[i]);
      } else {
        array.putDouble(i, values[i]);
      }
    }
    return array;
  }

  /// A view of existing memory with these strides and this offset, in elements. `scales` is there
  /// exactly for block formats.
  public static HostArray view(
      ElementType type,
      long[] shape,
      long[] strides,
      long offset,
      MemorySegment segment,
      Optional<HostArray> scales,
      float tensorScale) {
    Check.argument(
        shape.length == strides.length,
        "array: shape %s and strides %s differ in length",
        Arrays.toString(shape),
        Arrays.toString(strides));
    Check.argument(
        scales.isPresent() == type instanceof BlockFormat,
        "array of %s: scales belong to block formats and only to them",
        type.label());
    return new HostArray(
        type, shape.clone(), strides.clone(), offset, segment, scales.orElse(null), tensorScale);
  }

  /// The same array with another scale of the whole tensor.
  public HostArray withTensorScale(float scale) {
    Check.argument(
        type instanceof BlockFormat f && f.tensorScale(),
        "array of %s: this type has no tensor scale",
        type.label());
    return new HostArray(type, shape, strides, offset, segment, scales, scale);
  }

  /// The values of any array in row-major order, as [Codec#decode(int)] and [BlockCodec#dequantize]
  /// give them.
  public static float[] floats(Array array) {
    float[] values = new float[Math.toIntExact(array.elements())];
    if (values.length > 0) {
      read(array, values);
    }
    return values;
  }

  /// Writes row-major values into any array of a scalar type (nearest even, saturating).
  public static void store(float[] values, Array to) {
    checkCount(values.length, to);
    DType type = scalar(to.type());
    checkMemory(to.segment());
    Strided.rows(
        to.shape(),
        to.strides(),
        to.offset(),
        (first, stride, count, done) -> {
          Stop.poll("store");
          Codec.of(type).encode(values, done, count, to.segment(), first, stride);
        });
    PackedWeights.written(to.segment());
  }

  /// These values, in row-major order.
  public float[] toFloats() {
    return floats(this);
  }

  /// The value at `index`: exact, but for I64 beyond 2^53. Element times scale in a block format.
  public double get(long... index) {
    checkMemory(segment);
    long at = at(index);
    if (type instanceof BlockFormat format) {
      long[] block = index.clone();
      block[block.length - 1] /= format.block();
      float scale = (float) Objects.requireNonNull(scales).get(block);
      return element(format, at) * scale * tensorScale;
    }
    DType scalar = scalar(type);
    if (Codec.of(scalar) instanceof PlainCodec plain) {
      return plain.getDouble(segment, at);
    }
    float[] value = new float[1];
    Codec.of(scalar).decode(segment, at, 1, 1, value, 0);
    return value[0];
  }

  /// The integer at `index` of an integer or truth-value array.
  public long getLong(long... index) {
    checkMemory(segment);
    if (type != DType.F64
        && type instanceof DType scalar
        && Codec.of(scalar) instanceof PlainCodec plain) {
      return plain.getLong(segment, at(index));
    }
    throw new IllegalArgumentException(
        "array of %s: elements are not integers; try: get".formatted(type.label()));
  }

  /// Whether this is a shape without memory.
  public boolean isMeta() {
    return segment.equals(MemorySegment.NULL);
  }

  @Override
  public ElementType type() {
    return type;
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  @Override
  public long[] strides() {
    return strides.clone();
  }

  @Override
  public long offset() {
    return offset;
  }

  @Override
  public MemorySegment segment() {
    return segment;
  }

  @Override
  public Optional<Array> scales() {
    return Optional.ofNullable(scales);
  }

  @Override
  public float tensorScale() {
    return tensorScale;
  }

  /// Type and sizes, such as `bf16 4x16`.
  @Override
  public String toString() {
    return type.label() + " " + text(shape);
  }

  private static long count(long[] shape) {
    Check.argument(
        Arrays.stream(shape).allMatch(size -> size >= 0),
        "array: sizes must not be negative, were %s",
        text(shape));
    long count = 1;
    for (long size : shape) {
      boolean fits = size == 0 || count <= MOST / size;
      Check.argument(fits, "array: %s has more than 2^56 elements", text(shape));
      count *= size;
    }
    return count;
  }

  private static long[] scaleShape(BlockFormat format, long[] shape) {
    Check.argument(
        shape.length > 0, "array of %s: blocks need at least one dimension", format.label());
    long[] blocks = shape.clone();
    blocks[blocks.length - 1] = Math.ceilDiv(blocks[blocks.length - 1], (long) format.block());
    return blocks;
  }

  private static void read(Array array, float[] to) {
    checkMemory(array.segment());
    DType element =
        array.type() instanceof BlockFormat format ? format.element() : (DType) array.type();
    Strided.rows(
        array.shape(),
        array.strides(),
        array.offset(),
        (first, stride, count, done) -> {
          Stop.poll("read");
          Codec.of(element).decode(array.segment(), first, stride, count, to, done);
        });
    if (array.type() instanceof BlockFormat format) {
      scaleRows(array, format, to);
    }
  }

  private static void scaleRows(Array array, BlockFormat format, float[] values) {
    if (format.element().isInteger()) {
      for (int i = 0; i < values.length; i++) {
        values[i] /= 64;
      }
    }
    float[] scales = floats(array.scales().orElseThrow());
    int row = Math.toIntExact(array.shape()[array.shape().length - 1]);
    int blocks = Math.ceilDiv(row, format.block());
    for (int r = 0; r < values.length / row; r++) {
      BlockCodec.dequantize(
          format, values, r * row, row, scales, r * blocks, array.tensorScale(), values, r * row);
    }
  }

  private float element(BlockFormat format, long at) {
    float[] value = new float[1];
    Codec.of(format.element()).decode(segment, at, 1, 1, value, 0);
    return format.element().isInteger() ? value[0] / 64 : value[0];
  }

  private void putDouble(long at, double value) {
    if (type == DType.F64) {
      segment.set(Packed.DOUBLE, 8 * at, value);
      return;
    }
    DType scalar = scalar(type);
    int code = Codec.of(scalar).encode(value, Rounding.NEAREST_EVEN, Overflow.SATURATE, at);
    Packed.put(segment, scalar.bits(), at, scalar == DType.TF32 ? code << 13 : code);
  }

  private long at(long[] index) {
    Check.argument(
        index.length == shape.length,
        "array %s: needs %d indices, got %d",
        this,
        shape.length,
        index.length);
    long at = offset;
    for (int d = 0; d < shape.length; d++) {
      at += Objects.checkIndex(index[d], shape[d]) * strides[d];
    }
    return at;
  }

  private static DType scalar(ElementType type) {
    if (type instanceof DType scalar) {
      return scalar;
    }
    throw new IllegalArgumentException(
        "array of %s: values of a block format are written together; try: BlockCodec.quantize"
            .formatted(type.label()));
  }

  private static void checkMemory(MemorySegment segment) {
    Check.argument(
        !segment.equals(MemorySegment.NULL), "array: a shape without memory has no values");
    Memory.checkAlive(segment);
  }

  private static void checkCount(int values, Array array) {
    Check.argument(
        values == array.elements(),
        "array: shape %s holds %d elements, got %d values",
        text(array.shape()),
        array.elements(),
        values);
  }

  private static String text(long[] shape) {
    if (shape.length == 0) {
      return "scalar";
    }
    StringBuilder text = new StringBuilder();
    for (long size : shape) {
      text.append(text.isEmpty() ? "" : "x").append(size);
    }
    return text.toString();
  }
}
