// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Matching;

namespace CrioCredentialProvider.Tests.AuthFile;

public sealed class AuthFileContentTests
{
    [Fact]
    public void The_file_is_indented_with_tabs_and_ends_with_a_newline()
    {
        var content = new AuthFileContent(
            new(StringComparer.Ordinal)
            {
                ["a.io"] = new(null),
                ["b.io"] = new(new Credential(Bytes("u"), Bytes("p:q"), new Secret("token"))),
            },
            new(StringComparer.Ordinal) { ["c.io"] = "desktop" },
            new Dictionary<string, byte[]> { ["HttpHeaders"] = """{"a": 1}"""u8.ToArray() }
        );
        const string Expected = """
            {
            	"auths": {
            		"a.io": {},
            		"b.io": {
            			"auth": "dTpwOnE=",
            			"identitytoken": "token"
            		}
            	},
            	"credHelpers": {
            		"c.io": "desktop"
            	},
            	"HttpHeaders": {"a": 1}
            }

            """;
        Assert.Equal(Expected, Encoding.UTF8.GetString(content.ToJson()));
        Assert.Same(content.ToJson(), content.ToJson());
    }

    private static SecretBytes Bytes(string text) => new(Encoding.UTF8.GetBytes(text));
}
