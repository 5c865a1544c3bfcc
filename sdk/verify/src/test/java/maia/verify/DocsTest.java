package maia.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DocsTest {
  private static final Pattern EXPORTS = Pattern.compile("exports\\s+([\\w.]+)");

  @Test
  void exportedTypesAndMethods_haveDocComments() throws IOException {
    Set<String> exported = exportedPackages();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> missing = new ArrayList<>();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("--release", "25"),
                  null,
                  files.getJavaFileObjectsFromPaths(Checkout.mainSources()));
      DocTrees docs = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        if (unit.getPackageName() != null && exported.contains(unit.getPackageName().toString())) {
          new Scanner(docs, missing).scan(unit, null);
        }
      }
    }
    assertThat(missing).as("exported declarations without a doc comment").isEmpty();
  }

  @Test
  void exportedPackages_haveAPage() throws IOException {
    List<Path> pages =
        Checkout.mainSources().stream().filter(file -> file.endsWith("package-info.java")).toList();
    assertThat(exportedPackages())
        .allSatisfy(name ->
            assertThat(pages)
                .anyMatch(
                    page -> page.toString().contains(name.replace('.', '/') + "/package-info")));
    assertThat(pages)
        .allSatisfy(page -> assertThat(page).content().contains("@NullMarked").startsWith("///"));
  }

  /// The packages named in module descriptors, and those of `lab`, which has none.
  private static Set<String> exportedPackages() throws IOException {
    Set<String> packages =
        new TreeSet<>(
            Set.of(
                "maia.lab",
                "maia.lab.cells",
                "maia.lab.cli",
                "maia.lab.jupyter",
                "maia.lab.notebook"));
    for (Path file : Checkout.mainSources()) {
      if (file.endsWith("module-info.java")) {
        Matcher exports = EXPORTS.matcher(Files.readString(file));
        while (exports.find()) {
          packages.add(exports.group(1));
        }
      }
    }
    return packages;
  }

  /// Collects public declarations without a comment; stops at types that are not public.
  private static final class Scanner extends TreePathScanner<Void, Void> {
    private final DocTrees docs;
    private final List<String> missing;

    Scanner(DocTrees docs, List<String> missing) {
      this.docs = docs;
      this.missing = missing;
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, Void nothing) {
      if (!isPublic(type.getModifiers())) {
        return null;
      }
      require(type.getSimpleName().toString());
      return super.visitClass(type, nothing);
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, Void nothing) {
      boolean overrides =
          method.getModifiers().getAnnotations().stream()
              .anyMatch(a -> a.getAnnotationType().toString().equals("Override"));
      boolean constructor = method.getReturnType() == null;
      boolean ofRecord = constructor && enclosing().getKind() == Tree.Kind.RECORD;
      if (isPublic(method.getModifiers()) && !overrides && !ofRecord) {
        require(method.getName().toString());
      }
      return null; // bodies are nobody's concern
    }

    @Override
    public @Nullable Void visitVariable(VariableTree field, Void nothing) {
      boolean recordComponent =
          enclosing().getKind() == Tree.Kind.RECORD
              && !field.getModifiers().getFlags().contains(Modifier.STATIC);
      boolean enumConstant = enclosing().getKind() == Tree.Kind.ENUM; // its enum explains it
      if (isPublic(field.getModifiers()) && !recordComponent && !enumConstant) {
        require(field.getName().toString());
      }
      return null;
    }

    private boolean isPublic(ModifiersTree modifiers) {
      boolean inInterface =
          getCurrentPath().getParentPath().getLeaf() instanceof ClassTree outer
              && (outer.getKind() == Tree.Kind.INTERFACE
                  || outer.getKind() == Tree.Kind.ANNOTATION_TYPE);
      Set<Modifier> flags = modifiers.getFlags();
      return flags.contains(Modifier.PUBLIC) || inInterface && !flags.contains(Modifier.PRIVATE);
    }

    private ClassTree enclosing() {
      return (ClassTree) getCurrentPath().getParentPath().getLeaf();
    }

    private void require(String name) {
      TreePath path = getCurrentPath();
      if (docs.getDocCommentTree(path) == null) {
        CompilationUnitTree unit = path.getCompilationUnit();
        long position = docs.getSourcePositions().getStartPosition(unit, path.getLeaf());
        Path file = Checkout.ROOT.relativize(Path.of(unit.getSourceFile().toUri()));
        missing.add("%s:%d %s".formatted(file, unit.getLineMap().getLineNumber(position), name));
      }
    }
  }
}
