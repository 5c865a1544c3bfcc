package maia.verify;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass.Predicates;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import maia.base.CacheFolder;
import maia.numerics.Dmath;
import org.junit.jupiter.api.Test;

class BansTest {
  /// Rooms whose results are values: their bits must not depend on the platform.
  private static final List<String> VALUE_ROOMS = List.of("numerics", "tensor", "kernel", "sim");

  /// `lab` is the front and may print; the others are libraries.
  private static String[] libraries() {
    TreeSet<String> rooms = new TreeSet<>(Rooms.MAY_IMPORT.keySet());
    rooms.remove("lab");
    return Rooms.packages(rooms);
  }

  @Test
  void libraries_doNotPrint() {
    noClasses()
        .that()
        .resideInAnyPackage(libraries())
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(IO.class)
        .orShould()
        .callMethod(Throwable.class, "printStackTrace")
        .check(Rooms.CLASSES);
  }

  /// Warming up sees by the time of a call that C2 has compiled a loop; results do not depend on
  /// it.
  @Test
  void libraries_doNotReadClocks() {
    noClasses()
        .that()
        .resideInAnyPackage(libraries())
        .and()
        .doNotHaveFullyQualifiedName("maia.numerics.Exercise")
        .should()
        .callMethodWhere(
            target(owner(Predicates.type(System.class)))
                .and(target(nameMatching("currentTimeMillis|nanoTime"))))
        .orShould()
        .callMethodWhere(
            target(owner(resideInAnyPackage("java.time.."))).and(target(nameMatching("now"))))
        .check(Rooms.CLASSES);
  }

  @Test
  void libraries_seedWhatIsRandom() {
    noClasses()
        .that()
        .resideInAnyPackage(libraries())
        .should()
        .callConstructor(Random.class)
        .orShould()
        .callConstructor(SplittableRandom.class)
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(ThreadLocalRandom.class)
        .check(Rooms.CLASSES);
  }

  @Test
  void libraries_doNotReadTheEnvironmentOrExit() {
    noClasses()
        .that()
        .resideInAnyPackage(libraries())
        .and()
        .doNotBelongToAnyOf(CacheFolder.class) // decision 026: where caches lie changes no result
        .should()
        .callMethodWhere(
            target(owner(Predicates.type(System.class))).and(target(nameMatching("getenv|exit"))))
        .check(Rooms.CLASSES);
  }

  @Test
  void valueRooms_useOurOwnElementaryFunctions() {
    noClasses()
        .that()
        .resideInAnyPackage(Rooms.packages(VALUE_ROOMS))
        .and()
        .doNotBelongToAnyOf(Dmath.class) // decision 037: StrictMath's bits are specified
        .should()
        .callMethodWhere(
            target(
                    owner(
                        Predicates.assignableTo(Math.class)
                            .or(Predicates.assignableTo(StrictMath.class))))
                .and(
                    target(
                        nameMatching(
                            "exp|expm1|log|log10|log1p|tanh|sinh|cosh|sin|cos|tan|asin|acos|atan|atan2|pow|cbrt|hypot"))))
        .because("contract 1: bits do not depend on the machine; see maia.numerics.Fmath")
        .check(Rooms.CLASSES);
  }
}
