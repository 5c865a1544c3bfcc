package maia.runtime;

import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import maia.tensor.Device;
import maia.tensor.Tensor;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ProfileTest {
  private static final Tensor X = Tensor.randn(F32, 1, 4, 32).to(Device.maia());

  private static final Profile<Tensor> PROFILE =
      Maia.profile(() -> X.add(X).relu().add(X).softmax(-1));

  @Test
  void table_hasALinePerOperation_withCallsAndSums() {
    ProfileTable table = PROFILE.table().sortedBy(ProfileTable.Column.OP);
    assertThat(table.rows())
        .extracting(ProfileTable.Row::op)
        .containsExactly("add", "relu", "softmax");
    assertThat(table.rows()).extracting(ProfileTable.Row::launches).containsExactly(2, 1, 1);
    assertThat(table.launches()).isEqualTo(4);
    assertThat(table.rows().stream().mapToDouble(ProfileTable.Row::share).sum())
        .isCloseTo(1, Offset.offset(1e-9));
    assertThat(table.microseconds())
        .isCloseTo(PROFILE.report().microseconds(), Offset.offset(1e-9));
    assertThat(table.microjoules()).isCloseTo(PROFILE.report().microjoules(), Offset.offset(1e-9));
    assertThat(table.hbmBytes())
        .isEqualTo(PROFILE.report().lines().stream().mapToLong(Report.Line::hbmBytes).sum());
  }

  @Test
  void table_sortsByEachColumn() {
    ProfileTable table = PROFILE.table();
    assertThat(table.sortedBy(ProfileTable.Column.CALLS).rows().getFirst().op()).isEqualTo("add");
    for (var column :
        List.of(ProfileTable.Column.TIME, ProfileTable.Column.ENERGY, ProfileTable.Column.BYTES)) {
      assertThat(table.sortedBy(column).rows()).hasSize(3);
    }
    assertThat(table.rows())
        .isSortedAccordingTo((a, b) -> Double.compare(b.microseconds(), a.microseconds()));
  }

  @Test
  void text_hasHeadLinesTotalAndOverhead() {
    List<String> lines = PROFILE.toString().lines().toList();
    assertThat(lines.getFirst())
        .isEqualTo(
            "op            calls  device time us    share  bound by                  HBM KiB   energy uJ");
    assertThat(lines.get(4)).startsWith("total             4 ");
    assertThat(lines.get(5)).isEqualTo("launch overhead +20.0 us");
    assertThat(PROFILE.mime().get("text/html")).startsWith("<table><thead><tr><th>op</th>");
  }

  @Test
  void compiledFunctions_areNamedByTheirOperations() {
    var compiled = Maia.compile("f", x -> x.add(x).relu());
    Profile<Tensor> profile = Maia.profile(() -> compiled.call(X));
    assertThat(profile.table().rows())
        .extracting(ProfileTable.Row::op, ProfileTable.Row::kernels)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("add+relu", List.of("fused_add_relu")));
  }

  @Test
  void trace_isPerfettosJson() {
    assertThat(PROFILE.trace()).startsWith("{").contains("traceEvents").contains("softmax ");
    assertThat(Maia.profile(() -> {}).trace()).isEqualTo("{\"traceEvents\":[]}");
  }

  @Test
  void bodyWithoutKernels_hasAnEmptyTable() {
    assertThat(Maia.profile(() -> {}).toString())
        .endsWith(
            "total             0           0.000        -                                0.0        0.00\nlaunch overhead +0.0 us\n");
  }
}
