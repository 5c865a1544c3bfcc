package maia.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import maia.base.Rich;

/// A drawn figure in three forms: SVG for screens, a PNG twin for places that drop SVG, and text.
public final class Figure implements Rich {
  private final String svg;
  private final byte[] png;
  private final String text;

  Figure(String svg, byte[] png, String text) {
    this.svg = svg;
    this.png = png.clone();
    this.text = text;
  }

  /// The drawing as an SVG document.
  public String svg() {
    return svg;
  }

  /// The drawing as the bytes of a PNG file.
  public byte[] png() {
    return png.clone();
  }

  /// Writes the PNG form, creating the folders above it; returns the file.
  public Path savePng(Path file) {
    return write(file, png);
  }

  /// Writes the SVG form, creating the folders above it; returns the file.
  public Path saveSvg(Path file) {
    return write(file, svg.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Map<String, String> mime() {
    return Rich.bundle(
        "image/svg+xml",
        svg,
        "image/png",
        Base64.getEncoder().encodeToString(png),
        "text/plain",
        text);
  }

  /// The values as text.
  @Override
  public String toString() {
    return text;
  }

  private static Path write(Path file, byte[] content) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      return Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the figure to " + file, e);
    }
  }
}
