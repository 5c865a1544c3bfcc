package maia.lab;

/// A spot on the page whose content can be replaced: progress, a curve that grows.
public final class Live {
  private final Host host;
  private final String id;

  Live(Host host, String id) {
    this.host = host;
    this.id = id;
  }

  /// Replaces what is shown.
  public void set(Object value) {
    host.update(id, Viz.mime(value));
  }
}
