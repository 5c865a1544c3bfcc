package maia.lab.jupyter;

import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jdk.jshell.JShell;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import jdk.jshell.SourceCodeAnalysis.Documentation;
import jdk.jshell.SourceCodeAnalysis.Suggestion;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.ReplacementOptions;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.jspecify.annotations.Nullable;

/// Help while typing: completion, documentation, whether a cell is finished.
final class Assistance {
  private static final Pattern INLINE_TAG = Pattern.compile("\\{@\\w+\\s+([^{}]*)\\}");

  private final JShell shell;

  Assistance(JShell shell) {
    this.shell = shell;
  }

  /// Signatures and documentation of what stands at `at`.
  @Nullable DisplayData inspect(String code, int at) {
    int end = at;
    while (end < code.length() && Character.isJavaIdentifierPart(code.charAt(end))) {
      end++;
    }
    if (end < code.length() && code.charAt(end) == '(') {
      end++;
    }
    List<Documentation> found = shell.sourceCodeAnalysis().documentation(code, end, true);
    String text = found.stream().map(Assistance::text).collect(Collectors.joining("\n\n"));
    return text.isEmpty() ? null : new DisplayData(text);
  }

  private static String text(Documentation found) {
    String javadoc = found.javadoc();
    return javadoc == null ? found.signature() : found.signature() + "\n" + plain(javadoc);
  }

  /// A documentation comment without its tags: front ends show this help as plain text.
  static String plain(String javadoc) {
    return INLINE_TAG
        .matcher(javadoc)
        .replaceAll(tag -> Matcher.quoteReplacement(tag.group(1).replace("<", "&lt;")))
        .replaceAll("(?i)\\s*</?(p|li|ul|ol|pre|tr|table)>\\s*", "\n")
        .replaceAll("</?\\w+[^<>]*>", "")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
        .strip();
  }

  /// What may stand at `at`, best first.
  @Nullable ReplacementOptions complete(String code, int at) {
    int[] anchor = new int[1];
    List<String> options =
        shell.sourceCodeAnalysis().completionSuggestions(code, at, anchor).stream()
            .sorted(Comparator.comparing((Suggestion suggestion) -> !suggestion.matchesType()))
            .map(Suggestion::continuation)
            .distinct()
            .toList();
    return options.isEmpty() ? null : new ReplacementOptions(options, anchor[0], at);
  }

  /// The word of the protocol for whether the cell can run, or the indent of its next line.
  String isComplete(String code) {
    SourceCodeAnalysis analysis = shell.sourceCodeAnalysis();
    CompletionInfo info = analysis.analyzeCompletion(code);
    while (info.completeness().isComplete()) {
      info = analysis.analyzeCompletion(info.remaining());
    }
    return switch (info.completeness()) {
      case UNKNOWN -> BaseKernel.IS_COMPLETE_BAD;
      case CONSIDERED_INCOMPLETE, DEFINITELY_INCOMPLETE -> "  ";
      case COMPLETE, COMPLETE_WITH_SEMI, EMPTY -> BaseKernel.IS_COMPLETE_YES;
    };
  }
}
