package maia.cost;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Price books of chips other than Maia 200: from what a hyperscale owner pays to a three-year
/// rental, USD per GPU-hour, as a public dashboard's source carries them (third party, undated,
/// after December 2025; the B300 and GB300 rows are marked temporary there).
public final class OwnerBooks {
  private static final Map<String, PriceBook> ALL = new LinkedHashMap<>();

  static {
    add("h100", 1.30, 1.30);
    add("h200", 1.41, 1.60);
    add("b200", 1.95, 2.90);
    add("gb200", 2.21, 3.30);
    add("b300", 2.34, 3.48);
    add("gb300", 2.65, 3.96);
    add("mi300x", 1.12, 1.55);
    add("mi355x", 1.48, 2.10);
    ALL.put("maia-200", PriceBook.MAIA_200_MODELLED);
  }

  private OwnerBooks() {}

  /// The book of `chip`, if there is one.
  public static Optional<PriceBook> of(String chip) {
    return Optional.ofNullable(ALL.get(chip));
  }

  /// The chips there are books for.
  public static Iterable<String> chips() {
    return java.util.Collections.unmodifiableSet(ALL.keySet());
  }

  private static void add(String chip, double owner, double rental) {
    ALL.put(
        chip,
        new PriceBook(
            "owner-to-rental-2026",
            chip,
            "not stated",
            LocalDate.of(2026, 1, 1),
            Range.between(owner, rental),
            "hyperscale owner cost to three-year rental in the InferenceX dashboard source",
            PriceBook.Basis.MODELLED));
  }
}
