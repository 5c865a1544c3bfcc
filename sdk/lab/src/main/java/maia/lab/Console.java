package maia.lab;

import java.util.Map;

/// Output as plain text on standard output.
final class Console implements Host {
  @Override
  public String display(Map<String, String> bundle) {
    System.out.println(bundle.get("text/plain"));
    return "console";
  }

  @Override
  public void update(String id, Map<String, String> bundle) {
    display(bundle);
  }

  @Override
  public String name() {
    return "console";
  }
}
