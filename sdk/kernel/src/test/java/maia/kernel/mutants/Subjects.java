package maia.kernel.mutants;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F16;
import static maia.numerics.DType.F32;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import maia.kernel.Compiler;
import maia.kernel.Kernel;
import maia.kernel.KernelCall;
import maia.kernel.KernelLaunch;
import maia.kernel.library.Matmul;
import maia.kernel.library.Softmax;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.npl.Npl;
import maia.npl.Program;
import maia.numerics.Array;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.sim.Launch;
import maia.sim.Options;

/// Product, softmax and attention, compiled and written by hand.
final class Subjects {
  private static final Machine TOY = Chip.TOY;

  private Subjects() {}

  static List<Subject> all() {
    return List.of(
        compiled("matmul", matmul(), Subjects::matmulArrays),
        compiled("softmax", Softmax.over(7, 40, TOY), Subjects::softmaxArrays),
        compiled("attention", attention(), Subjects::attentionArrays),
        byHand("matmul by hand", HandWritten.MATMUL, Subjects::handMatmulArrays, 4),
        byHand("softmax by hand", HandWritten.SOFTMAX, Subjects::handSoftmaxArrays, 6),
        byHand("attention by hand", HandWritten.ATTENTION, Subjects::handAttentionArrays, 3));
  }

  private static Subject compiled(
      String name, KernelLaunch launch, Supplier<List<Object>> arguments) {
    Program program =
        Compiler.compile(
                launch.call(KernelCall.Mode.COMPUTE, arguments.get().toArray()).func(), TOY)
            .program();
    return Subject.of(
        name,
        program,
        TOY,
        () -> {
          KernelCall call = launch.call(KernelCall.Mode.COMPUTE, arguments.get().toArray());
          return new Launch(call.arrays(), call.scalars(), call.grid(), Options.defaults());
        });
  }

  private static Subject byHand(
      String name, String text, Supplier<List<Array>> arrays, int programs) {
    return Subject.of(
        name,
        Npl.parse(text),
        TOY,
        () -> new Launch(arrays.get(), List.of(), List.of(programs), Options.defaults()));
  }

  static HostArray random(long seed, DType type, int... shape) {
    int count = 1;
    long[] sizes = new long[shape.length];
    for (int d = 0; d < shape.length; d++) {
      count *= shape[d];
      sizes[d] = shape[d];
    }
    var random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-2, 2);
    }
    return HostArray.of(values, type, sizes);
  }

  // ---- compiled

  private static KernelLaunch matmul() {
    return Matmul.KERNEL.with("BM", 16).with("BN", 16).with("BK", 16).with("STAGES", 2).grid(3, 2);
  }

  private static List<Object> matmulArrays() {
    return List.of(random(1, BF16, 40, 56), random(2, BF16, 56, 32), HostArray.zeros(BF16, 40, 32));
  }

  private static List<Object> softmaxArrays() {
    return List.of(random(3, F32, 7, 40), HostArray.zeros(F32, 7, 40));
  }

  private static KernelLaunch attention() {
    return ATTENTION.grid(3, 2);
  }

  private static List<Object> attentionArrays() {
    return List.of(
        random(4, F16, 2, 41, 16),
        random(5, F16, 2, 41, 16),
        random(6, F16, 2, 41, 16),
        HostArray.zeros(F16, 2, 41, 16),
        0.25f);
  }

  private static final Kernel ATTENTION =
      Kernel.define(
          "attention",
          k -> {
            var q = k.in("q", F16, 3);
            var key = k.in("key", F16, 3);
            var v = k.in("v", F16, 3);
            var o = k.out("o", F16, 3);
            var scale = k.f32("scale");
            int block = 16;
            var h = k.programId(1);
            var s = q.size(1);
            var rm = k.programId(0).mul(block).add(k.arange(block));
            var d = k.arange(block);
            var tq = q.at(h, rm.col(), d.row()).load(rm.lt(s).col());
            var m = k.var(k.full(F32, Float.NEGATIVE_INFINITY, block));
            var l = k.var(k.zeros(F32, block));
            var acc = k.var(k.zeros(F32, block, block));
            k.range(0, s, block)
                .stages(2)
                .each(start -> {
                  var rn = start.add(k.arange(block));
                  var tk = key.at(h, rn.col(), d.row()).load(rn.lt(s).col());
                  var tv = v.at(h, rn.col(), d.row()).load(rn.lt(s).col());
                  var product = k.dot(tq, tk.t(), k.zeros(F32, block, block)).mul(scale);
                  var scores = rn.lt(s).row().where(product, Float.NEGATIVE_INFINITY);
                  var next = m.get().max(scores.amax(1));
                  var p = scores.sub(next.col()).exp();
                  var alpha = m.get().sub(next).exp();
                  l.set(l.get().mul(alpha).add(p.sum(1)));
                  acc.set(k.dot(p.to(F16), tv, acc.get().mul(alpha.col())));
                  m.set(next);
                });
            var result = acc.get().div(l.get().col()).to(F16);
            o.at(h, rm.col(), d.row()).store(result, rm.lt(s).col());
          });

  // ---- written by hand

  private static List<Array> handMatmulArrays() {
    return List.of(random(1, BF16, 32, 48), random(2, BF16, 48, 32), HostArray.zeros(F32, 32, 32));
  }

  private static List<Array> handSoftmaxArrays() {
    return List.of(random(3, F32, 24, 32), HostArray.zeros(F32, 24, 32));
  }

  private static List<Array> handAttentionArrays() {
    return List.of(
        random(4, BF16, 48, 16),
        random(5, BF16, 64, 16),
        random(6, BF16, 64, 16),
        HostArray.zeros(BF16, 48, 16));
  }
}
