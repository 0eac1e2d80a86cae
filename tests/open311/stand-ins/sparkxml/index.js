exports.parseXml = () => { throw new Error('this client is tested in JSON'); };
