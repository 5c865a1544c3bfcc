package maia.verify;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class LayersTest {
  @TestFactory
  Stream<DynamicTest> room_importsOnlyWhatTheHouseAllows() {
    return Rooms.MAY_IMPORT.keySet().stream()
        .map(room -> DynamicTest.dynamicTest(room, () -> checkImports(room)));
  }

  @Test
  void everyPackage_belongsToARoom() {
    assertThat(Rooms.CLASSES.stream().map(c -> c.getPackageName().split("\\.")[1]).distinct())
        .allSatisfy(room -> assertThat(Rooms.MAY_IMPORT).containsKey(room));
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching("maia.(**)").should().beFreeOfCycles().check(Rooms.CLASSES);
  }

  private static void checkImports(String room) {
    DescribedPredicate<JavaClass> allowed =
        JavaClass.Predicates.resideInAnyPackage(Rooms.packages(Rooms.allowed(room)))
            .or(JavaClass.Predicates.resideOutsideOfPackage("maia.."))
            .as("in the rooms " + Rooms.allowed(room));
    classes()
        .that()
        .resideInAnyPackage("maia." + room + "..")
        .should()
        .onlyDependOnClassesThat(allowed)
        .allowEmptyShould(true)
        .check(Rooms.CLASSES);
  }
}
