package maia.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;

class OriginTest {
  /// Stands for a class of ours that records operations on the user's behalf.
  private static final class Recorder {
    static Origin.Frame record() {
      return inner();
    }

    private static Origin.Frame inner() {
      return Origin.caller(Set.of(Recorder.class.getNestHost()));
    }
  }

  static Origin.Frame recordForUser() {
    return Recorder.record();
  }

  private static final Origin.Frame DEFINITION = new Origin.Frame("Gemm", "Gemm.java", 10);

  @Test
  void lineInsideTheDefinition_countsFromIt() {
    Origin origin = Origin.of("gemm", DEFINITION, new Origin.Frame("Gemm", "Gemm.java", 12));
    assertThat(origin).hasToString("gemm:3 (Gemm.java:12)");
  }

  @Test
  void lineOfAnotherFile_staysItsOwn() {
    Origin origin = Origin.of("gemm", DEFINITION, new Origin.Frame("Gelu", "Gelu.java", 7));
    assertThat(origin).hasToString("gemm:7 (Gelu.java:7)");
  }

  @Test
  void lineOfAShell_hasNoSource() {
    Origin.Frame definition = new Origin.Frame("REPL.$JShell$1", "$JShell$1.java", 5);
    Origin.Frame at = new Origin.Frame("REPL.$JShell$1", "$JShell$1.java", 6);
    assertThat(Origin.of("gemm", definition, at)).hasToString("gemm:2");
  }

  @Test
  void caller_isTheInnermostFrameOutsideOurs() {
    Origin.Frame frame = Origin.caller(Set.of());
    assertThat(frame.className()).isEqualTo(OriginTest.class.getName());
    assertThat(frame.file()).isEqualTo("OriginTest.java");
  }

  @Test
  void caller_skipsOwnClasses_andGivesTheUsersFrame() {
    Origin.Frame frame = User.call();
    assertThat(frame.file()).isEqualTo("User.java");
    assertThat(frame.line()).isEqualTo(User.LINE);
  }

  @Test
  void none_isUnknown() {
    assertThat(Origin.NONE.isKnown()).isFalse();
    assertThat(Origin.NONE).hasToString("unknown line");
  }

  @Test
  void negativeLine_isRefused() {
    assertThatThrownBy(() -> new Origin("p", -1, ""))
        .hasMessage("origin line must not be negative, was -1");
  }
}
