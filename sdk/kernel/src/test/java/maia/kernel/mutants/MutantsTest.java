package maia.kernel.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maia.kernel.mutants.Judge.Judgement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every single mistake in the product, softmax and attention programs is found. A seeded sample by
/// default; all of them with `-Pmutants`, which sets `maia.mutants`.
class MutantsTest {
  private static final int SAMPLE = 10;
  private static final double LEAST_FOUND = 0.95;

  static Stream<Subject> subjects() {
    return Subjects.all().stream();
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void mutants_ofAProgram_areReportedInTheRightCategoryAtTheRightLine(Subject subject) {
    var judge = new Judge(subject);
    List<Judgement> judgements =
        chosen(Mutations.of(subject.listing())).stream().map(judge::judge).toList();
    var tally = new Tally();
    tally.add(judgements);
    String wrong =
        judgements.stream()
            .filter(j -> j.verdict().isMiss())
            .map(Judgement::toString)
            .collect(Collectors.joining("\n"));
    String report = "%s%n%s%n%s".formatted(subject.name(), tally, wrong);
    if (isFull()) {
      System.out.println(report);
    }
    assertThat(tally.found()).as(report).isGreaterThanOrEqualTo(LEAST_FOUND);
    assertThat(tally.reported()).as(report).isGreaterThanOrEqualTo(LEAST_FOUND);
  }

  private static boolean isFull() {
    return System.getProperty("maia.mutants") != null;
  }

  private static List<Mutant> chosen(List<Mutant> all) {
    if (isFull() || all.size() <= SAMPLE) {
      return all;
    }
    return new SplittableRandom(1)
        .ints(SAMPLE, 0, all.size())
        .distinct()
        .mapToObj(all::get)
        .toList();
  }
}
