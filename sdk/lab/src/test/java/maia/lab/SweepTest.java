package maia.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import maia.lab.manifest.Digest;
import maia.lab.manifest.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepTest {
  @TempDir Path folder;

  private static final Sweep PRODUCT = Sweep.of("product").over("a", 1, 2, 3).over("b", 10, 20);

  private static Map<String, ?> product(Sweep.Point p) {
    return Map.of("a x b", p.whole("a") * p.whole("b"));
  }

  @Test
  void everyCombination_isARow_inTheOrderOfTheAxes() {
    assertThat(PRODUCT.run(SweepTest::product))
        .hasToString(
            """
            product
            a   b  a x b
            -  --  -----
            1  10     10
            1  20     20
            2  10     20
            2  20     40
            3  10     30
            3  20     60\
            """);
  }

  @Test
  void refusedCombination_keepsItsRow() {
    TableData table =
        PRODUCT.run(p -> {
          if (p.whole("a") == 2) {
            throw new IllegalArgumentException("2 does not fit, \"truly\"");
          }
          return product(p);
        });
    assertThat(table.columns()).containsExactly("a", "b", "a x b", "refused");
    assertThat(table.rows().get(2)).containsExactly("2", "10", "", "2 does not fit, \"truly\"");
  }

  @Test
  void cutOffSweep_goesOnWhereItStopped_andLeavesOneFile() throws IOException {
    Path csv = folder.resolve("sweep.csv");
    Set<String> measured = ConcurrentHashMap.newKeySet();
    AtomicInteger count = new AtomicInteger();
    assertThatThrownBy(() ->
            PRODUCT
                .file(csv)
                .run(p -> {
                  if (count.incrementAndGet() > 4) {
                    throw new IllegalStateException("power cut");
                  }
                  measured.add(p.text("a") + p.text("b"));
                  return Map.of("text", "x,\"" + p.text("a"));
                }))
        .hasMessage("power cut");
    assertThat(Files.exists(csv)).isFalse();
    int kept = Files.readAllLines(folder.resolve("sweep.csv.part")).size();
    List<String> again = new ArrayList<>();
    TableData table =
        PRODUCT
            .file(csv)
            .run(p -> {
              synchronized (again) {
                again.add(p.text("a") + p.text("b"));
              }
              return Map.of("text", "x,\"" + p.text("a"));
            });
    assertThat(again).hasSize(6 - kept);
    assertThat(table.rows())
        .hasSize(6)
        .allSatisfy(r -> assertThat(r.get(2)).isEqualTo("x,\"" + r.get(0)));
    Path manifest = folder.resolve("sweep.csv.manifest.json");
    assertThat(Files.list(folder)).containsExactlyInAnyOrder(csv, manifest);
    assertThat(Manifest.read(manifest).outputs()).isEqualTo(Map.of("sweep.csv", Digest.of(csv)));
    TableData third =
        PRODUCT
            .file(csv)
            .run(_ -> {
              throw new IllegalStateException("measured again");
            });
    assertThat(third).isEqualTo(table);
  }

  @Test
  void fileOfAnotherSweep_isRefused() {
    Path csv = folder.resolve("sweep.csv");
    PRODUCT.file(csv).run(SweepTest::product);
    assertThatThrownBy(() -> Sweep.of("other").over("c", 1).file(csv).run(_ -> Map.of("x", 1)))
        .hasMessageContaining("holds a sweep over [a], this one is over [c]; give another file");
  }

  @Test
  void wrongUse_isRefused() {
    assertThatThrownBy(() -> Sweep.of("s").over("a", 1, 1))
        .hasMessage("sweep: parameter 'a' has a value twice");
    assertThatThrownBy(() -> Sweep.of("s").run(SweepTest::product))
        .hasMessage("sweep 's' has no parameters; call over(...)");
    assertThatThrownBy(() -> PRODUCT.run(p -> Map.of("x", p.whole("c"))))
        .isInstanceOf(java.util.NoSuchElementException.class)
        .hasMessage("sweep: no parameter 'c', only [a, b]");
  }
}
