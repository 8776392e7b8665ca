// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Matching;

namespace CrioCredentialProvider.Tests.Matching;

/// <summary>The scan without a parser, which must never take a document for one that it is not.</summary>
public sealed class CompactDockerConfigTests
{
    [Theory]
    [InlineData("""{"auths":{"r.io":{"username":"u","password":"p","email":"e","auth":"dTpw"}}}""", true)]
    [InlineData("""{"auths":{"r.io/a":{"auth":"dTpw"},"r.io:443":{"auth":"dTpw"}}}""", true)]
    [InlineData("""{"auths":{"r.io":{"auth":""}}}""", true)]
    [InlineData("""{"auths":{"r.io":{"":"dTpw"}}}""", true)]
    [InlineData("""{"auths":{"m.io":{"auth":"dTpw"}}}""", false)]
    [InlineData("""{"auths":{"r.io":{"auth":"dTpw"},"m.io/x":{"auth":"dTpw"}}}""", false)]
    [InlineData("""{"auths":{"https://index.docker.io/v1/":{"auth":"dTpw"}}}""", false)]
    [InlineData("""{"auths":{"index.docker.io":{"auth":"dTpw"}}}""", false)]
    [InlineData("""{"auths":{"*.io":{"auth":"dTpw"}}}""", false)]
    [InlineData("""{"auths":{"r.io":{"auth":1}}}""", false)]
    [InlineData("""{"auths":{"r.io":{"auth""dTpw"}}}""", false)]
    [InlineData("""{"auths":{"r.io":{auth":"dTpw"}}}""", false)]
    [InlineData("""{"auths":{"r.io":{"auth:"dTpw"}}}""", false)]
    [InlineData("""{"auths":{"r.io":{"auth":"dTpw}}}""", false)]
    [InlineData("""{"auths":{"r.io":{"auth":"dTpw",}}}""", false)]
    [InlineData("""{"auths":{"r.io":{}}}""", false)]
    [InlineData("""{"auths":{"r.io":"auth"}}""", false)]
    [InlineData("""{"auths":{"r.io":{"auth":"dTpw"},}}""", false)]
    [InlineData("""{"auths":{"r.io":{"auth":"dTpw"}}}}""", false)]
    [InlineData("""{"auths":{"r.io":{"auth":"dTpw"}}""", false)]
    [InlineData("""{"auths":{"r.io":{"auth":"dTpw" """, false)]
    [InlineData("""{"auths":{"r.io":{"auth":"dTpw""", false)]
    [InlineData("""{"auths":{"r.io":{"auth":"a\u0020b"}}}""", false)]
    [InlineData("{\"auths\":{\"r.io\":{\"auth\":\"a\nb\"}}}", false)]
    [InlineData("""{"auths":{"r.io":{"auth":"a\}}}""", false)]
    [InlineData("""{"auths":{"r.io":{"auth":"}}}""", false)]
    [InlineData("""{"auths":{"r.io":{"auth"}}""", false)]
    [InlineData("""{"auths":{"r.io":{:"dTpw"}}}""", false)]
    [InlineData("""{"auths":{"r.io""auth":"dTpw"}}}""", false)]
    [InlineData("\"r.io\":{\"auth\":\"dTpw\"}}}", false)]
    [InlineData("""{"auth":{"r.io":{"auth":"dTpw"}}}""", false)]
    [InlineData("""{"auths":{}}""", false)]
    [InlineData("", false)]
    public void Only_a_plain_document_for_other_registries_needs_no_closer_look(string document, bool isForOthers) =>
        Assert.Equal(
            isForOthers,
            CompactDockerConfig.IsForOthers(
                Encoding.UTF8.GetBytes(document),
                new SourceHosts(["m.io", "localhost:5000", "docker.io"])
            )
        );
}
