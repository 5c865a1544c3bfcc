package maia.machine;

/// Where a number comes from.
///
/// @param mark how far it can be trusted
/// @param citation the public source, the arithmetic behind a derived number, or the reason of an
///   assumed one
public record Source(Mark mark, String citation) {
  /// Confidence, strongest first.
  public enum Mark {
    /// Stated by the chip's maker.
    VENDOR,
    /// Stated by the maker's paper or slides, read through independent notes that agree.
    VENDOR_RELAYED,
    /// Stated by press, analysts or a community source.
    THIRD_PARTY,
    /// Our arithmetic on published numbers.
    DERIVED,
    /// Not public; fitted so that the model gives a published measurement of the whole chip, which
    /// the citation names.
    CALIBRATED,
    /// Not public; chosen, with the reason in the citation.
    ASSUMED,
  }
}
