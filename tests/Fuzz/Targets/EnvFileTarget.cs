// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Fuzz.Targets;

/// <summary>OpenShift's apiserver-url.env, and the address that it makes.</summary>
internal static class EnvFileTarget
{
    public static void Run(byte[] input)
    {
        var text = System.Text.Encoding.UTF8.GetString(input);
        Oracle.Holds(
            Oracle.Succeeds(() => EnvFile.Parse(text), input.Length, 512, out var values),
            "an env file never fails the run"
        );
        foreach (var (name, value) in values)
        {
            Oracle.Holds(
                name.Length > 0 && !name.AsSpan().ContainsAny('=', '\n', '\r'),
                "a name is in front of the separator"
            );
            Oracle.Holds(!value.AsSpan().ContainsAny('\n', '\r'), "a value is of one line");
            AddressTarget.Run(value);
            AddressTarget.Run(ApiServerAddress.Join(name, value));
        }
    }
}
