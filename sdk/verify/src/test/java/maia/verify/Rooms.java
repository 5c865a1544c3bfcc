package maia.verify;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The rooms of the house and what each may import.
final class Rooms {
  /// The classes of all rooms, without tests.
  static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("/maia/verify/"))
          .importPackages("maia");

  /// Room to the rooms it may import directly; what those may import is allowed as well.
  static final Map<String, List<String>> MAY_IMPORT = mayImport();

  private Rooms() {}

  private static Map<String, List<String>> mayImport() {
    Map<String, List<String>> rooms = new LinkedHashMap<>();
    rooms.put("base", List.of());
    rooms.put("testkit", List.of());
    rooms.put("numerics", List.of("base"));
    rooms.put("machine", List.of("numerics"));
    rooms.put("npl", List.of("machine"));
    rooms.put("sim", List.of("npl"));
    rooms.put("kernel", List.of("npl"));
    rooms.put("tensor", List.of("numerics"));
    rooms.put("quant", List.of("tensor"));
    rooms.put("models", List.of("tensor", "quant"));
    rooms.put("graph", List.of("tensor", "kernel"));
    rooms.put("cost", List.of("sim"));
    rooms.put("runtime", List.of("graph", "cost", "quant"));
    rooms.put("plan", List.of("runtime", "models"));
    rooms.put("lab", List.of("plan"));
    return rooms;
  }

  /// All rooms that `room` may use, itself included.
  static Set<String> allowed(String room) {
    Set<String> rooms = new TreeSet<>(Set.of(room));
    MAY_IMPORT.get(room).forEach(direct -> rooms.addAll(allowed(direct)));
    return rooms;
  }

  /// The packages of rooms, in the notation of ArchUnit.
  static String[] packages(Iterable<String> rooms) {
    Set<String> packages = new TreeSet<>();
    rooms.forEach(room -> packages.add("maia." + room + ".."));
    return packages.toArray(String[]::new);
  }
}
