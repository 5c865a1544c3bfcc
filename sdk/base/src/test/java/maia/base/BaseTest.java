package maia.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class BaseTest {
  /// Stands for a class of ours that records operations on the user's behalf.
  private static final class Recorder {
    static Origin.Frame record() {
      return inner();
    }

    private static Origin.Frame inner() {
      return Origin.caller(Set.of(Recorder.class.getNestHost(), Recorder.class));
    }
  }

  @Test
  void argument_broken_formatsTheMessage() {
    assertThatThrownBy(() -> Check.argument(false, "tile '%s': %d is odd", "a", 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tile 'a': 3 is odd");
  }

  @Test
  void argument_holds_passes() {
    assertThatCode(() -> Check.argument(true, "never")).doesNotThrowAnyException();
  }

  @Test
  void invariant_broken_saysWhoseBugItIs() {
    assertThatThrownBy(() -> Check.invariant(false, "scheduler", "time went from %d to %d", 2, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("bug in scheduler: time went from 2 to 1");
  }

  @Test
  void caller_skipsOwnClasses_andGivesTheUsersFrame() {
    Origin.Frame frame = User.call();
    assertThat(frame.file()).isEqualTo("User.java");
    assertThat(frame.line()).isEqualTo(User.LINE);
  }

  @Test
  void of_frameInsideTheDefinition_countsLinesFromIt() {
    Origin.Frame definition = new Origin.Frame("demo.Gemm", "Gemm.java", 10);
    Origin.Frame at = new Origin.Frame("demo.Gemm", "Gemm.java", 12);
    assertThat(Origin.of("gemm", definition, at)).hasToString("gemm:3 (Gemm.java:12)");
  }

  @Test
  void of_frameInAnotherFile_keepsItsOwnLine() {
    Origin.Frame definition = new Origin.Frame("demo.Gemm", "Gemm.java", 10);
    Origin.Frame helper = new Origin.Frame("demo.Math", "Math.java", 77);
    assertThat(Origin.of("gemm", definition, helper)).hasToString("gemm:77 (Math.java:77)");
  }

  @Test
  void of_jshellSnippet_hasNoSource() {
    Origin.Frame definition = new Origin.Frame("REPL.$JShell$12", "$JShell$12.java", 5);
    Origin.Frame at = new Origin.Frame("REPL.$JShell$12", "$JShell$12.java", 7);
    assertThat(Origin.of("vadd", definition, at)).hasToString("vadd:3");
  }

  @Test
  void none_isUnknown() {
    assertThat(Origin.NONE.isKnown()).isFalse();
    assertThat(Origin.NONE).hasToString("unknown line");
  }

  @Test
  void bundle_keepsItsOrder() {
    assertThat(new ArrayList<>(Rich.bundle("text/html", "<b>1</b>", "text/plain", "1").keySet()))
        .containsExactly("text/html", "text/plain");
  }

  @Test
  void bundle_withAnOddNumberOfStrings_isRefused() {
    assertThatThrownBy(() -> Rich.bundle("text/plain"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a bundle needs pairs of MIME type and content, got 1 strings");
  }

  @Test
  void poll_interruptedThread_throwsAndClearsTheFlag() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Stop.poll("training"))
        .isInstanceOf(CancellationException.class)
        .hasMessage("training was interrupted");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  static Origin.Frame recordForUser() {
    return Recorder.record();
  }
}
