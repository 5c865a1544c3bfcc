package maia.kernel.mutants;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maia.npl.NplException;
import maia.npl.Program;
import maia.sim.Launch;
import maia.sim.Options;
import maia.sim.Schedule;
import maia.sim.Simulator;

/// Runs mutants and says what became of them.
final class Judge {
  /// Random orders in which a mutant that nobody reported runs.
  private static final int SEEDS = 3;

  /// What became of a mutant.
  enum Verdict {
    /// Reported in a category and at a line that fit.
    RIGHT,
    /// Reported at a line that has nothing to do with the mistake.
    WRONG_LINE,
    /// Reported in a category that does not fit.
    WRONG_CATEGORY,
    /// No rule is broken, the same wrong values under all schedules: found against the reference.
    VALUE,
    /// Not reported, and the bits depend on the schedule.
    MISSED,
    /// Not reported, and nothing differs.
    EQUIVALENT;

    /// Whether the checks failed.
    boolean isMiss() {
      return this == WRONG_LINE || this == WRONG_CATEGORY || this == MISSED;
    }
  }

  /// @param report what the checks said
  record Judgement(Mutant mutant, Verdict verdict, Optional<NplException> report) {
    @Override
    public String toString() {
      return verdict
          + " "
          + mutant.what()
          + report.map(r -> " -> " + r.category() + " " + r.getMessage()).orElse("")
          + (verdict == Verdict.RIGHT ? "" : " expected " + mutant.expected());
    }
  }

  private final Subject subject;
  private final List<float[]> reference;

  Judge(Subject subject) {
    this.subject = subject;
    this.reference = run(subject.listing().program, Options.defaults());
  }

  private List<float[]> run(Program program, Options options) {
    Launch launch = subject.launch().get().with(options.withTraceLimit(0));
    Simulator.on(subject.machine()).run(program, launch);
    return subject.results(launch);
  }

  Judgement judge(Mutant mutant) {
    List<float[]> eager;
    try {
      eager = run(mutant.program(), Options.defaults());
    } catch (NplException report) {
      Verdict verdict =
          !mutant.isRightCategory(report)
              ? Verdict.WRONG_CATEGORY
              : mutant.isRightLine(report) ? Verdict.RIGHT : Verdict.WRONG_LINE;
      return new Judgement(mutant, verdict, Optional.of(report));
    }
    Verdict verdict = same(eager, reference) ? Verdict.EQUIVALENT : Verdict.VALUE;
    for (int i = -1; i < SEEDS; i++) {
      Schedule schedule = i < 0 ? Schedule.LATEST : Schedule.seeded(i);
      try {
        Options options = Options.defaults().withSchedule(schedule).withChecks(Options.Checks.OFF);
        if (!same(run(mutant.program(), options), eager)) {
          return new Judgement(mutant, Verdict.MISSED, Optional.empty());
        }
      } catch (NplException report) {
        return new Judgement(mutant, Verdict.MISSED, Optional.of(report));
      }
    }
    return new Judgement(mutant, verdict, Optional.empty());
  }

  private static boolean same(List<float[]> a, List<float[]> b) {
    for (int i = 0; i < a.size(); i++) {
      if (!Arrays.equals(a.get(i), b.get(i))) {
        return false;
      }
    }
    return true;
  }
}
