import java.nio.file.Path;
import java.util.Arrays;
import maia.models.Decoder;
import maia.models.DecoderConfig;
import maia.models.Mlp;
import maia.numerics.DType;
import maia.runtime.CompileReport;
import maia.runtime.Maia;
import maia.runtime.Profile;
import maia.tensor.Device;
import maia.tensor.Tensor;
import maia.tensor.io.Safetensors;
import maia.tensor.nn.Module;

/// Two networks on the chip, operation by operation and compiled: the same bits in fewer launches.
/// Run it with `./maia run examples/CompileModule.java`.
public class CompileModule {
  public static void main(String[] args) {
    Module digits = Mlp.digits(0);
    digits.loadStateDict(Safetensors.read(Path.of("datasets/digits/mlp.safetensors")));
    compare("digits", digits, Tensor.rand(DType.F32, 1, 64, 256));

    Module stories = new Decoder(DecoderConfig.stories(), 0);
    Profile<Tensor> profile = compare("stories", stories, Tensor.arange(24).reshape(1, 24));
    System.out.println();
    System.out.print(profile);
  }

  /// Runs `module` on the host, on the chip, and compiled for it; gives the profile of the last.
  private static Profile<Tensor> compare(String name, Module module, Tensor x) {
    Tensor host = Tensor.noGrad(() -> module.eval().call(x));
    module.to(Device.maia());
    Tensor onChip = x.to(Device.maia());
    Profile<Tensor> eager = Maia.profile(() -> Tensor.noGrad(() -> module.call(onChip)));
    var compiled = Maia.compile(module);
    Profile<Tensor> fused = Maia.profile(() -> compiled.call(onChip));
    CompileReport report = compiled.explain();
    System.out.printf(
        "%-8s %3d launches, %9.3f us on the device%n",
        name, eager.table().launches(), eager.table().microseconds());
    System.out.printf(
        "compiled %3d launches, %9.3f us, %.2f times as fast%n",
        fused.table().launches(), fused.table().microseconds(), report.speedup());
    System.out.printf(
        "results  in one block of %d bytes, were %d apart; the bits of the eager run: %s; largest difference to the host: %.1e%n",
        report.memory().peakBytes(),
        report.memoryBefore().separateBytes(),
        Arrays.equals(eager.result().toArray(), fused.result().toArray()),
        fused.result().to(Device.cpu()).sub(host).abs().max().item());
    return fused;
  }
}
