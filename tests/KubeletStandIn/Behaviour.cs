// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace CrioCredentialProvider.KubeletStandIn;

/// <summary>
/// The faults of this kubelet, as configured in <c>/etc/kubelet-stand-in.conf</c>. With <c>only-with=TEXT</c>, they
/// apply only if the provider config contains that text, which simulates a new configuration that breaks the kubelet.
/// </summary>
internal sealed record Behaviour
{
    private const string File = "/etc/kubelet-stand-in.conf";

    /// <summary><c>exit-at-start</c>.</summary>
    public bool ExitsAtStart { get; private init; }

    /// <summary><c>crash-after=SECONDS</c>.</summary>
    public TimeSpan? CrashAfter { get; private init; }

    /// <summary><c>hang</c>: runs, but never responds on the health port.</summary>
    public bool Hangs { get; private init; }

    /// <summary><c>ignore-sigterm</c>.</summary>
    public bool IgnoresSigterm { get; private init; }

    public static Behaviour Read(string? providerConfig)
    {
        var behaviour = new Behaviour();
        if (!System.IO.File.Exists(File))
        {
            return behaviour;
        }

        foreach (var line in System.IO.File.ReadAllLines(File))
        {
            switch (line.Split('=', 2))
            {
                case ["only-with", var text] when !Holds(providerConfig, text):
                    return new Behaviour();
                case ["only-with", _]:
                    break;
                case ["exit-at-start"]:
                    behaviour = behaviour with { ExitsAtStart = true };
                    break;
                case ["crash-after", var seconds]:
                    behaviour = behaviour with
                    {
                        CrashAfter = TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)),
                    };
                    break;
                case ["hang"]:
                    behaviour = behaviour with { Hangs = true };
                    break;
                case ["ignore-sigterm"]:
                    behaviour = behaviour with { IgnoresSigterm = true };
                    break;
                default:
                    throw new InvalidDataException($"{File}: unknown line \"{line}\"");
            }
        }

        return behaviour;
    }

    private static bool Holds(string? config, string text) =>
        config is not null
        && ProviderConfig
            .Files(config)
            .Any(file => System.IO.File.ReadAllText(file).Contains(text, StringComparison.Ordinal));
}
