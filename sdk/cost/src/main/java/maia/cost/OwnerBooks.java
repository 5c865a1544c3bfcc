package maia.cost;

import java.time.LocalDate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Price books of chips other than Maia 200: USD per GPU-hour over everything that a public
/// dashboard's source gives for a chip, which is what a hyperscale owner pays, what a large
/// neocloud owner pays and a three-year rental (third party, undated, after December 2025). Each
/// book says which of the three its ends are.
public final class OwnerBooks {
  private static final String TEMPORARY = ", which marks the row temporary";
  private static final Map<String, PriceBook> ALL = new LinkedHashMap<>();

  static {
    // facts/chips-and-prices.md, 4.1: hyperscaler owner, large neocloud owner, 3-year rental
    add("h100", 1.30, 1.69, 1.30, "");
    add("h200", 1.41, 1.74, 1.60, "");
    add("b200", 1.95, 2.34, 2.90, "");
    add("gb200", 2.21, 2.75, 3.30, "");
    add("b300", 2.34, 2.81, 3.48, TEMPORARY);
    add("gb300", 2.65, 3.30, 3.96, TEMPORARY);
    add("mi300x", 1.12, 1.40, 1.55, "");
    add("mi355x", 1.48, 1.90, 2.10, "");
    ALL.put("maia-200", PriceBook.MAIA_200_MODELLED);
  }

  private OwnerBooks() {}

  /// The book of `chip`, if there is one.
  public static Optional<PriceBook> of(String chip) {
    return Optional.ofNullable(ALL.get(chip));
  }

  /// The chips there are books for.
  public static Iterable<String> chips() {
    return Collections.unmodifiableSet(ALL.keySet());
  }

  private static void add(
      String chip, double hyperscaler, double neocloud, double rental, String note) {
    Map<String, Double> given = new LinkedHashMap<>();
    given.put("hyperscale owner", hyperscaler);
    given.put("large neocloud owner", neocloud);
    given.put("three-year rental", rental);
    double low = Collections.min(given.values());
    double high = Collections.max(given.values());
    ALL.put(
        chip,
        new PriceBook(
            "owner-to-rental-2026",
            chip,
            "not stated",
            LocalDate.of(2026, 1, 1),
            new Range(low, high),
            "low: %s; high: %s; in the InferenceX dashboard source%s"
                .formatted(end(given, low), end(given, high), note),
            PriceBook.Basis.MODELLED));
  }

  /// Which of the given costs an end is, such as `hyperscale owner 1.41 $/h`.
  private static String end(Map<String, Double> given, double dollars) {
    String names =
        String.join(
            " and ",
            given.entrySet().stream()
                .filter(e -> e.getValue() == dollars)
                .map(Map.Entry::getKey)
                .toList());
    return String.format(Locale.ROOT, "%s %.2f $/h", names, dollars);
  }
}
