package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import maia.base.Check;
import maia.base.Stop;

/// Moves the codes of elements between strided arrays, whatever they mean: nothing is decoded, so
/// NaN payloads and 64-bit integers stay, and the number of elements has no limit but memory.
public final class Elements {
  private static final int TILE = 32;

  private Elements() {}

  /// Copies every element of `from` to the same place of `to`, which has the same shape and bits
  /// per element; the scales of block formats too. The two must not overlap in memory.
  public static void copy(Array from, Array to) {
    long[] shape = from.shape();
    Check.argument(
        Arrays.equals(shape, to.shape()) && element(from).bits() == element(to).bits(),
        "copy: shape and bits must agree: from %s %s, to %s %s",
        from.type().label(),
        Arrays.toString(shape),
        to.type().label(),
        Arrays.toString(to.shape()));
    Memory.checkAlive(from.segment());
    Memory.checkAlive(to.segment());
    if (from.elements() > 0) {
      Walk.of(from, to).run();
      PackedWeights.written(to.segment());
    }
    if (from.scales().isPresent() && to.scales().isPresent()) {
      copy(from.scales().get(), to.scales().get());
    }
  }

  /// Sets every element of `to` to the code of element `at` (a storage index) of `from`.
  public static void fill(Array to, MemorySegment from, long at) {
    long[] shape = to.shape();
    DType type = element(to);
    boolean dense = Arrays.equals(to.strides(), Strided.contiguous(shape));
    if (dense && type.bits() >= 8 && to.elements() > 0) {
      spread(
          to.segment(), type.bits() / 8 * to.offset(), type.bytes(to.elements()), from, at, type);
      PackedWeights.written(to.segment());
      return;
    }
    HostArray value =
        HostArray.view(type, shape, new long[shape.length], at, from, Optional.empty(), 1f);
    copy(value, view(to, type));
  }

  /// Fills `size` bytes from `start` by copying ever longer filled parts.
  private static void spread(
      MemorySegment to, long start, long size, MemorySegment from, long at, DType type) {
    long width = type.bits() / 8;
    MemorySegment.copy(from, at * width, to, start, width);
    for (long done = width; done < size; done *= 2) {
      Stop.poll("fill");
      MemorySegment.copy(to, start, to, start + done, Math.min(done, size - done));
    }
  }

  /// The elements of `to` without scales.
  private static HostArray view(Array to, DType type) {
    return HostArray.view(
        type, to.shape(), to.strides(), to.offset(), to.segment(), Optional.empty(), 1f);
  }

  /// Copies the code of one element between storage indices of memory with `bits` bits per element.
  public static void move(MemorySegment from, long at, MemorySegment to, long index, int bits) {
    if (bits == 64) {
      to.set(Packed.LONG, 8 * index, from.get(Packed.LONG, 8 * at));
    } else {
      Packed.put(to, bits, index, Packed.get(from, bits, at));
    }
  }

  private static DType element(Array array) {
    return array.type() instanceof BlockFormat format ? format.element() : (DType) array.type();
  }

  /// Two layouts walked together, with as few dimensions as their strides allow.
  private record Walk(
      MemorySegment from,
      MemorySegment to,
      int bits,
      long[] shape,
      long[] fromSteps,
      long[] toSteps,
      long fromStart,
      long toStart) {
    static Walk of(Array from, Array to) {
      long[] shape = from.shape();
      long[] left = from.strides();
      long[] right = to.strides();
      int n = 0;
      for (int d = 0; d < shape.length; d++) {
        if (shape[d] == 1) {
          continue;
        }
        boolean joins =
            n > 0 && left[n - 1] == left[d] * shape[d] && right[n - 1] == right[d] * shape[d];
        int at = joins ? n - 1 : n++;
        shape[at] = joins ? shape[at] * shape[d] : shape[d];
        left[at] = left[d];
        right[at] = right[d];
      }
      return new Walk(
          from.segment(),
          to.segment(),
          element(from).bits(),
          Arrays.copyOf(shape, n),
          Arrays.copyOf(left, n),
          Arrays.copyOf(right, n),
          from.offset(),
          to.offset());
    }

    void run() {
      visit(0, fromStart, toStart);
    }

    private void visit(int d, long f, long t) {
      int left = shape.length - d;
      if (left == 0) {
        row(1, f, 1, t, 1);
      } else if (left == 1) {
        row(shape[d], f, fromSteps[d], t, toSteps[d]);
      } else if (left == 2 && fromSteps[d] == 1 && fromSteps[d + 1] != 1) {
        if (bits == 32 && toSteps[d + 1] == 1) {
          Turn.run(from, f, fromSteps[d + 1], to, t, toSteps[d], shape[d], shape[d + 1]);
        } else {
          tiles(d, f, t);
        }
      } else {
        for (long i = 0; i < shape[d]; i++) {
          Stop.poll("copy");
          visit(d + 1, f + i * fromSteps[d], t + i * toSteps[d]);
        }
      }
    }

    /// Two dimensions that the two sides hold in opposite order, in squares that fit the cache.
    private void tiles(int d, long f, long t) {
      for (long i = 0; i < shape[d]; i += TILE) {
        Stop.poll("copy");
        for (long j = 0; j < shape[d + 1]; j += TILE) {
          long rows = Math.min(TILE, shape[d] - i);
          long columns = Math.min(TILE, shape[d + 1] - j);
          for (long r = i; r < i + rows; r++) {
            row(
                columns,
                f + r * fromSteps[d] + j * fromSteps[d + 1],
                fromSteps[d + 1],
                t + r * toSteps[d] + j * toSteps[d + 1],
                toSteps[d + 1]);
          }
        }
      }
    }

    private void row(long count, long f, long fromStep, long t, long toStep) {
      if (fromStep == 1 && toStep == 1 && f * bits % 8 == 0 && t * bits % 8 == 0) {
        long whole = count * bits / 8;
        MemorySegment.copy(from, f * bits / 8, to, t * bits / 8, whole);
        for (long i = whole * 8 / bits; i < count; i++) {
          Packed.put(to, bits, t + i, Packed.get(from, bits, f + i));
        }
        return;
      }
      switch (bits) {
        case 64 -> {
          for (long i = 0; i < count; i++) {
            to.set(
                Packed.LONG, 8 * (t + i * toStep), from.get(Packed.LONG, 8 * (f + i * fromStep)));
          }
        }
        case 32 -> {
          for (long i = 0; i < count; i++) {
            to.set(Packed.INT, 4 * (t + i * toStep), from.get(Packed.INT, 4 * (f + i * fromStep)));
          }
        }
        case 16 -> {
          for (long i = 0; i < count; i++) {
            to.set(
                Packed.SHORT, 2 * (t + i * toStep), from.get(Packed.SHORT, 2 * (f + i * fromStep)));
          }
        }
        default -> {
          for (long i = 0; i < count; i++) {
            Packed.put(to, bits, t + i * toStep, Packed.get(from, bits, f + i * fromStep));
          }
        }
      }
    }
  }
}
