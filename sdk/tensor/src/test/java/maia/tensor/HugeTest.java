package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import maia.numerics.DType;
import maia.numerics.Memory;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// What only shows with gigabytes: `./mvnw -Phuge -pl sdk/tensor -am test -Dtest=HugeTest
/// -Dsurefire.failIfNoSpecifiedTests=false`, about 13 GB. The budget is measured first, in a
/// process that has held nothing larger: what a larger test leaves is only collected when more is
/// asked for.
@EnabledIfSystemProperty(named = "maia.huge", matches = "true")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HugeTest {
  private static final long GIB = 1L << 30;

  @Test
  @Order(1)
  void thousandTensors_of100MB_withoutAScope_stayUnder4GB() throws IOException {
    long peak = 0;
    for (int i = 0; i < 1000; i++) {
      Tensor x = Tensor.full(i + 1, DType.F32, 25_000_000);
      assertThat(x.get(24_999_999).item()).isEqualTo(i + 1);
      peak = Math.max(peak, Math.max(Memory.liveBytes(), resident()));
    }
    assertThat(peak).isLessThan(4 * GIB);
  }

  @Test
  @Order(2)
  void bytes_beyondTwoBillion_filledViewedComputed() {
    long count = (1L << 31) + 12_345;
    Tensor x = Tensor.full(3, DType.U8, count);
    x.narrow(0, count - 5, 5).add_(4);
    Tensor y = x.add(1);
    Tensor mask = y.gt(4);

    assertThat(y.narrow(0, count - 7, 7).toLongs()).containsExactly(4, 4, 8, 8, 8, 8, 8);
    assertThat(mask.narrow(0, count - 6, 3).toLongs()).containsExactly(0, 1, 1);
    assertThat(x.get("-1").toLongs()).containsExactly(7);
    assertThat(y.to(DType.FP8_E4M3).get("-2:").toArray()).containsExactly(8, 8);
  }

  /// The memory that the process holds, in bytes; 0 where the system does not tell.
  private static long resident() throws IOException {
    Path status = Path.of("/proc/self/statm");
    return Files.exists(status) ? Long.parseLong(Files.readString(status).split(" ")[1]) * 4096 : 0;
  }
}
