package maia.kernel.interp;

import java.util.List;

/// What the interpreter did; the results are in the arrays of the call.
///
/// @param kernel the kernel's name
/// @param programs how many programs ran
/// @param checks whether accesses were checked
/// @param prints what programs printed, in order
public record Interpretation(
    String kernel, long programs, Interpreter.Checks checks, List<String> prints) {
  public Interpretation {
    prints = List.copyOf(prints);
  }

  /// What was printed, line by line, and a line such as `softmax: 64 programs interpreted`.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    prints.forEach(line -> text.append(line).append('\n'));
    return text.append(kernel)
        .append(": ")
        .append(programs)
        .append(programs == 1 ? " program" : " programs")
        .append(" interpreted")
        .append(checks == Interpreter.Checks.OFF ? ", checks off" : "")
        .toString();
  }
}
